'use strict';
const { serve } = require('@hono/node-server');

/** Listens on a free port of loopback, and says which. */
exports.listen = (app) =>
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (at) => console.log(`listening on ${at.port}`));
