'use strict';
const { Hono } = require('hono');
const { listen } = require('./serve');

const app = new Hono();
app.post('/queue', async (c) => {
  await c.req.json();
  return c.json({ _tag: 'SuccessfullyQueued' });
});

listen(app);
