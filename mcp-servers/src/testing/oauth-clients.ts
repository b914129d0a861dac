// Real clients of each kind that sign in by OAuth, given an address and somebody who answers in a browser.
import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewTransport,
  UnauthorizedError as NewUnauthorized,
} from '@modelcontextprotocol/client';
import { UnauthorizedError as OldUnauthorized } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { TestClient } from './clients.ts';

/** Opens what the client asks to be opened, and answers the address that the browser is sent back to. */
export type Visit = (url: URL) => Promise<URL>;

export interface OAuthClient extends TestClient {
  /** What it holds now. */
  readonly store: Store;
}

export interface Store {
  client?: { client_id: string } | undefined;
  tokens?: { access_token: string; refresh_token?: string | undefined; scope?: string | undefined } | undefined;
  verifier?: string | undefined;
  discovery?: unknown;
  /** Each address that it asked to open. */
  opened: URL[];
}

export const REDIRECT = 'http://127.0.0.1:33418/callback';

/** What the SDKs ask of a program: to keep things, and to open a browser. */
export function memoryProvider(store: Store, clientMetadataUrl?: string) {
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'Test assistant',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    ...(clientMetadataUrl ? { clientMetadataUrl } : {}),
    clientInformation: () => store.client,
    saveClientInformation: (client: Store['client']) => {
      store.client = client;
    },
    tokens: () => store.tokens,
    saveTokens: (tokens: Store['tokens']) => {
      store.tokens = tokens;
    },
    redirectToAuthorization: (url: URL) => {
      store.opened.push(url);
    },
    saveCodeVerifier: (verifier: string) => {
      store.verifier = verifier;
    },
    codeVerifier: () => store.verifier ?? '',
    saveDiscoveryState: (discovery: unknown) => {
      store.discovery = discovery;
    },
    discoveryState: () => store.discovery,
    invalidateCredentials: (what: string) => {
      if (what === 'all' || what === 'client') store.client = undefined;
      if (what === 'all' || what === 'tokens') store.tokens = undefined;
    },
  };
}

interface Transport {
  finishAuth(code: string | URLSearchParams): Promise<void>;
}

interface Kind {
  readonly name: string;
  make(
    address: string,
    store: Store,
    clientMetadataUrl?: string,
  ): { client: TestClient; transport: Transport; start(): Promise<void> };
  /** Whether it opens a browser when it is told that its token does not cover a tool; the older one renews the same token and gives up. */
  readonly stepsUp: boolean;
  /** What it is given of the address that the browser came back to. */
  answer(back: URL): string | URLSearchParams;
  isUnauthorized(error: unknown): boolean;
}

const about = { name: 'test', version: '1' };

const old: Kind = {
  name: 'sdk 1.32',
  stepsUp: false,
  make(address, store, clientMetadataUrl) {
    const client = new OldClient(about);
    const transport = new OldTransport(new URL(address), { authProvider: memoryProvider(store, clientMetadataUrl) as never });
    return { client: client as unknown as TestClient, transport, start: () => client.connect(transport as never) };
  },
  answer: ({ searchParams }) => searchParams.get('code') ?? '',
  isUnauthorized: (error) => error instanceof OldUnauthorized,
};

const young = (mode: 'legacy' | { pin: string }): Kind => ({
  name: `client 2.4 (${mode === 'legacy' ? '2025-11-25' : mode.pin})`,
  stepsUp: true,
  make(address, store, clientMetadataUrl) {
    const client = new NewClient(about, { versionNegotiation: { mode: mode as never } });
    const transport = new NewTransport(new URL(address), { authProvider: memoryProvider(store, clientMetadataUrl) as never });
    return { client: client as unknown as TestClient, transport: transport as never, start: () => client.connect(transport) };
  },
  answer: ({ searchParams }) => searchParams, // with the issuer, which it checks (RFC 9207)
  isUnauthorized: (error) => error instanceof NewUnauthorized,
});

export const CONNECTORS = [old, young('legacy'), young({ pin: '2026-07-28' })].map((kind) => ({
  name: kind.name,
  stepsUp: kind.stepsUp,
  /** Connects with nothing but the address; `visit` is asked when a person must answer. */
  async connect(
    address: string,
    visit: Visit,
    { store = { opened: [] }, clientMetadataUrl }: { store?: Store; clientMetadataUrl?: string } = {},
  ): Promise<OAuthClient> {
    const first = kind.make(address, store, clientMetadataUrl);
    try {
      await first.start();
      return Object.assign(first.client, { store });
    } catch (error) {
      if (!kind.isUnauthorized(error)) throw error;
    }
    const back = await visit(store.opened.at(-1) as URL);
    await first.transport.finishAuth(kind.answer(back));
    const second = kind.make(address, store, clientMetadataUrl);
    await second.start();
    return Object.assign(second.client, { store });
  },
}));
