'use strict';
const axios = require('axios');
const { Hono } = require('hono');
const { listen } = require('./serve');

const app = new Hono();

app.post('/notifications', async (c) => {
  const body = await c.req.json();
  const queued = await axios.post(`${process.env.C_URL}/queue`, body, { validateStatus: () => true });
  switch (queued.data._tag) {
    case 'SuccessfullyQueued':
      return c.json({ _tag: 'ItemQueued' });
    case 'SuccessfullyQueuedAlt':
      return c.json({ _tag: 'ItemQueuedNewVersion' });
    default:
      return c.json(queued.data, 500);
  }
});

listen(app);
