// Discord's own Markdown knows no tables: they are set in columns of one width.
import { lexer, type Tokens } from 'marked';
import { columns } from '../channels/columns.ts';

export const toDiscord = (markdown: string): string =>
  lexer(markdown)
    .map((token) => (token.type === 'table' ? `\`\`\`\n${columns(token as Tokens.Table)}\n\`\`\`\n` : token.raw))
    .join('');
