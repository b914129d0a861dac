// For commands of plugins and surfaces: the same words, values and answers as `troupe run`.

export { doorTo } from './cli/door.ts';
export { jsonText, render, withoutControls } from './cli/render.ts';
export { listsBehind, operationsOf, show } from './cli/run.ts';
export {
  detailsText,
  errorLine,
  exampleOf,
  type FieldSchema,
  type InputSchema,
  inputOf,
  kindOf,
  parseWords,
  UsageError,
} from './cli/words.ts';
export { idNamed, type Lists, type Named, namedLike, type Page, withIds } from './names.ts';
