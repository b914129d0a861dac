// How far a slow call is, for a client that gave a token to be told under.
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Call } from '@troupe-os/core/surface';

/** What tells the client of this request; undefined: it did not ask. */
export function progressOf({ _meta, notify }: ServerContext['mcpReq']): Call['progress'] | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let told = Number.NEGATIVE_INFINITY;
  return ({ done, total }) => {
    // the protocol wants it to grow, and nobody wants to hear of less than a hundredth
    if (done <= told || (total !== undefined && done < total && done - told < total / 100)) return;
    told = done;
    const params = { progressToken, progress: done, ...(total === undefined ? {} : { total }) };
    // whoever has gone is told nothing, and the call goes on
    void notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}
