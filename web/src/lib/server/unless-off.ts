import { ClientError } from '@troupe-os/core/client';

/** What was asked for; undefined where somebody in charge has switched that off, so that a page of several parts is shown without it. */
export async function unlessOff<Output>(asked: Promise<Output>): Promise<Output | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'core.switched_off') return undefined;
    throw error;
  }
}
