// What a dry run says, and what of somebody else's it must not.
import type { FurnishedHouse } from './furnished-house.ts';

const ANY_CANARY = /canary/i;

/** All that a dry run says, an error with its details too. */
export async function previewOf(
  house: Pick<FurnishedHouse, 'call'>,
  caller: FurnishedHouse['guest'],
  { action, input }: { action: string; input: unknown },
): Promise<string> {
  try {
    return JSON.stringify(await house.call(caller, action, input, { dryRun: true }));
  } catch (error) {
    const { code, message, details } = error as { code?: string; message: string; details?: unknown };
    return JSON.stringify({ code, message, details });
  }
}

/** One sentence for each thing in it that is neither the caller's input nor theirs to see; `hashes` are those that are stored. */
export function shownOf(
  text: string,
  { action, input, hashes }: { action: string; input: unknown; hashes: readonly string[] },
): string[] {
  const said = text.replaceAll(JSON.stringify(input), '');
  return [
    ...(ANY_CANARY.test(said) ? [`${action}: ${text}`] : []),
    ...(hashes.some((hash) => text.includes(hash)) ? [`${action} shows a hash`] : []),
  ];
}
