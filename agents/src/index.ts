// What a channel needs to let an agent answer.
export { agentErrors } from './errors.ts';
export { type Model, modelOf } from './model.ts';
export { type RunOptions, type RunResult, runAgent } from './run.ts';
export type { RunEvent, ToolCall } from './run-parts.ts';
export { mentionsSecret, takesOrShowsSecrets } from './secrets.ts';
