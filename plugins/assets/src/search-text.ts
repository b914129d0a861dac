// The text that an asset is embedded and found by.
import { describeAsset, MAX_DESCRIPTION } from './media/describe.ts';

export interface SearchTextSource {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** What the file says of itself: `describeAsset` of the file alone. */
  readonly fileText: string;
}

/** What people wrote first, then what the file says; at most 8,000 characters. The same when a work comes in and when it is changed. */
export function searchText({ title, description, tags, fileText }: SearchTextSource): string {
  return `${describeAsset({ title, description, tags })}\n${fileText}`.slice(0, MAX_DESCRIPTION);
}
