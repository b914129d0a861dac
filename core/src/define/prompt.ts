/** An MCP prompt: arguments, the text that they make, and the resources that are handed over with it. */
export interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required: boolean }[];
  text(values: Readonly<Record<string, string>>): string;
  /** Addresses of resources, e.g. `asset://7`. What is not there, or not for the caller to read, is left out. */
  attach?(values: Readonly<Record<string, string>>): readonly string[];
}

/** Declares a prompt. */
export function definePrompt(prompt: PromptDefinition): PromptDefinition {
  return Object.freeze(prompt);
}
