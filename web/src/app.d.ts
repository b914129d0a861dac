import type { Api } from '#lib/server/api.ts';
import type { Me } from '#lib/server/me.ts';

declare global {
  namespace App {
    interface Locals {
      /** The kernel, as whoever asks for this page. */
      api: Api;
      /** Who that is; asked once a request. */
      me(): Promise<Me>;
      /** One action whose answer is no JSON, as the response that it is. */
      send(action: string, input: object): Promise<Response>;
      /** What another surface answers at an address of its own; with a body it is posted. Errors: ClientError. */
      ask(path: string, body?: object): Promise<Response>;
      /** Hands a file in at an address that takes some, as its query `name`. Errors: ClientError. */
      upload<T>(path: string, file: File): Promise<T>;
    }
    interface Error {
      status: number;
      message: string;
      /** The stable code of the refusal, e.g. `assets.unknown_asset`. */
      code?: string;
      requestId?: string;
    }
    interface Platform {
      req: import('node:http').IncomingMessage;
    }
  }
}
