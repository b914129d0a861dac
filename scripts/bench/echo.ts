// The baseline of a call by MCP: the same libraries and server, and nothing of ours.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { listen } from '../../core/src/http/server.ts';
import type { Rival } from './blocks.ts';

export async function openEcho(): Promise<{ readonly rival: Rival; close(): Promise<void> }> {
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'echo', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({
      tools: [{ name: 'echo', inputSchema: { type: 'object' as const, properties: { text: { type: 'string' } } } }],
    }));
    server.setRequestHandler('tools/call', ({ params }) => ({
      content: [{ type: 'text' as const, text: JSON.stringify(params.arguments ?? {}) }],
      structuredContent: params.arguments ?? {},
    }));
    return server;
  });
  const http = await listen((request) => handler.fetch(request), { port: 0, host: '127.0.0.1' });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${http.port}/mcp`)));
  return {
    rival: {
      name: 'MCP echo',
      once: () => client.callTool({ name: 'echo', arguments: { text: crypto.randomUUID() } }),
    },
    async close() {
      await client.close();
      await http.close();
    },
  };
}
