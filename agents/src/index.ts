// What a channel needs to let an agent answer.
export { agentErrors } from './errors.ts';
export { isModelName, type Model, modelNames, modelOf } from './model.ts';
export { approvalOf } from './record.ts';
export { RunLeft, type RunQuestion, type RunResult } from './run.ts';
export type { RunEvent, ToolCall } from './run-parts.ts';
export { createRunner, type Runner, type TakenOver, type Telling } from './runner.ts';
export { recall, type Summary } from './said.ts';
export { mentionsSecret, takesOrShowsSecrets } from './secrets.ts';
export { createTaskWorker, type TaskWorker } from './task-worker.ts';
