import type { AnyAction } from './action.ts';

/** A tile of the console: the answer of one read action in one of the views. */
export interface Widget {
  readonly name: string;
  readonly title: string;
  readonly action: AnyAction;
  readonly view: 'number' | 'table' | 'chart' | 'list' | 'media' | 'form' | 'feed';
}
