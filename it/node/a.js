'use strict';
const { randomUUID } = require('node:crypto');
const axios = require('axios');
const { Hono } = require('hono');
const { listen } = require('./serve');

const app = new Hono();

/** Makes a user, and has others told. What B says that is no success goes on to who asked. */
app.post('/users', async (c) => {
  const body = await c.req.json().catch(() => undefined);
  if (body === undefined) {
    return c.json({ _tag: 'NoJsonBody' }, 400);
  }
  if (typeof body.name !== 'string') {
    return c.json({ _tag: 'ValidationError' }, 400);
  }
  const user = { id: randomUUID(), name: body.name };
  const told = await axios.post(`${process.env.B_URL}/notifications`, { _tag: 'NewUser', value: user }, { validateStatus: () => true });
  switch (told.data._tag) {
    case 'ItemQueued':
      return c.json({ _tag: 'UserCreated', value: user });
    case 'ItemQueuedNewVersion':
      return c.json({ _tag: 'UserCreated', _message: 'This uses the alternative tenant' });
    default:
      return c.json({ _tag: 'QueueError', value: told.data }, 500);
  }
});

listen(app);
