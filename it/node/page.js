'use strict';
const http = require('http');
const { WebSocketServer } = require('ws');

const version = process.env.VERSION || 'baseline';
const LARGE = 200000;
let done = [];

// The picture keeps the page from having loaded until it has said what it saw.
const page = `<!doctype html><title>page</title><body>nothing yet</body><img src="/picture">
<script>
const saw = {};
const events = () => new Promise((resolve, reject) => {
  const seen = [];
  const source = new EventSource('/events');
  source.onmessage = (event) => { seen.push(event.data); if (seen.length === 3) { source.close(); resolve(seen); } };
  source.onerror = () => reject('events');
});
const tagged = async () => {
  const response = await fetch('/events', { headers: { 'X-Tenancy-ID': '123' } });
  const reader = response.body.getReader();
  let text = '';
  while (!text.includes('2')) text += new TextDecoder().decode((await reader.read()).value);
  reader.cancel();
  return text.split('\\n').filter((line) => line).map((line) => line.substring('data: '.length));
};
const socket = () => new Promise((resolve, reject) => {
  const seen = [];
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
  socket.onopen = () => { socket.send('small'); socket.send('x'.repeat(${LARGE})); };
  socket.onmessage = (event) => { seen.push(event.data.length < 100 ? event.data : event.data.length); if (seen.length === 2) socket.close(1000, 'enough'); };
  socket.onclose = (event) => resolve(seen.concat(event.code));
  socket.onerror = () => reject('socket');
});
const posted = async () => (await fetch('/echo', { method: 'POST', body: 'y'.repeat(${LARGE}) })).text();
(async () => {
  try {
    saw.events = await events();
    saw.tagged = await tagged();
    saw.socket = await socket();
    saw.posted = (await posted()).length;
    saw.protocol = performance.getEntriesByType('navigation')[0].nextHopProtocol;
  } catch (failure) {
    saw.failure = String(failure);
  }
  document.body.textContent = 'SAW ' + JSON.stringify(saw) + ' SEEN';
  fetch('/done');
})();
</script>`;

const server = http.createServer((request, response) => {
  switch (request.url) {
    case '/page':
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      break;
    case '/events': {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      let count = 0;
      const timer = setInterval(() => response.write(`data: ${version} ${count++}\n\n`), 30);
      response.on('close', () => clearInterval(timer));
      break;
    }
    case '/echo':
      request.pipe(response);
      break;
    case '/picture':
      done.push(() => response.writeHead(204).end());
      break;
    case '/done':
      done.forEach((end) => end());
      done = [];
      response.writeHead(204).end();
      break;
    default:
      response.writeHead(404).end();
  }
});

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data, binary) => ws.send(data, { binary }))));

server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
