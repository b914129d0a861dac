// A server of the Model Context Protocol that knows nothing of Troupe OS: `node examples/weather-server/server.ts` speaks over its standard streams.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] });

serveStdio(() => {
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  server.registerTool(
    'get_forecast',
    {
      title: 'Forecast',
      description: 'Says what the weather will be in a city.',
      inputSchema: z.object({ city: z.string().describe('Where.'), days: z.int().min(1).max(7).default(1) }),
    },
    ({ city, days }) => text(`Sun in ${city}, for ${days} day(s).`),
  );
  server.registerTool(
    'send_alert',
    {
      title: 'Send an alert',
      description: 'Tells everybody in a city.',
      inputSchema: z.object({ city: z.string(), message: z.string() }),
    },
    ({ city, message }) => text(`Everybody in ${city} was told: ${message}`),
  );
  return server;
});
