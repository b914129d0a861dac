/** An MCP prompt: arguments, and the text that they make. */
export interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required: boolean }[];
  text(values: Readonly<Record<string, string>>): string;
}

/** Declares a prompt. */
export function definePrompt(prompt: PromptDefinition): PromptDefinition {
  return Object.freeze(prompt);
}
