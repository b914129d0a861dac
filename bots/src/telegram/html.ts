// Markdown in the few tags that Telegram knows: https://core.telegram.org/bots/api#html-style
import { lexer, type Token, type Tokens } from 'marked';

/** A text in pieces that each fit into one message, cut between blocks, then between lines, then anywhere. */
export function pieces(text: string, most: number): string[] {
  const cut: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const window = rest.slice(0, most);
    const at = [window.lastIndexOf('\n\n'), window.lastIndexOf('\n'), window.lastIndexOf(' ')].find((end) => end > most / 2);
    const end = at ?? (isHighSurrogate(window.charCodeAt(most - 1)) ? most - 1 : most);
    cut.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? cut : [...cut, rest];
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

/** Tables are set in columns of one width, pictures are links, headings bold. */
export function toHtml(markdown: string): string {
  return blocks(lexer(markdown)).trim();
}

function blocks(tokens: readonly Token[]): string {
  return tokens
    .map((token) => block(token))
    .filter((text) => text !== '')
    .join('\n\n');
}

function block(token: Token): string {
  switch (token.type) {
    case 'heading':
      return `<b>${inline((token as Tokens.Heading).tokens)}</b>`;
    case 'code':
      return `<pre>${escaped((token as Tokens.Code).text)}</pre>`;
    case 'blockquote':
      return `<blockquote>${blocks((token as Tokens.Blockquote).tokens).replaceAll('\n\n', '\n')}</blockquote>`;
    case 'list':
      return list(token as Tokens.List, '');
    case 'table':
      return table(token as Tokens.Table);
    case 'hr':
      return '———';
    case 'space':
      return '';
    default:
      return 'tokens' in token && token.tokens ? inline(token.tokens) : escaped('text' in token ? String(token.text) : token.raw);
  }
}

function list({ items, ordered, start }: Tokens.List, indent: string): string {
  return items
    .map((item, at) => {
      const mark = ordered ? `${Number(start || 1) + at}.` : '•';
      const inner = item.tokens.map((token) =>
        token.type === 'list' ? `\n${list(token as Tokens.List, `${indent}  `)}` : block(token),
      );
      return `${indent}${mark} ${inner.join('')}`;
    })
    .join('\n');
}

const MOST_CELL = 40;

function table({ header, rows }: Tokens.Table): string {
  const cells = [header, ...rows].map((row) => row.map(({ text }) => clip(plain(text))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return `<pre>${escaped([line(head), rule, ...body.map(line)].join('\n'))}</pre>`;
}

const clip = (text: string) => (text.length <= MOST_CELL ? text : `${text.slice(0, MOST_CELL - 1)}…`);
const plain = (text: string) => text.replaceAll(/\\([\\|])/g, '$1').replaceAll(/[*`]/g, '');

function inline(tokens: readonly Token[]): string {
  return tokens.map(span).join('');
}

function span(token: Token): string {
  const inner = () =>
    'tokens' in token && token.tokens ? inline(token.tokens) : escaped('text' in token ? String(token.text) : token.raw);
  switch (token.type) {
    case 'strong':
      return `<b>${inner()}</b>`;
    case 'em':
      return `<i>${inner()}</i>`;
    case 'del':
      return `<s>${inner()}</s>`;
    case 'codespan':
      return `<code>${escaped((token as Tokens.Codespan).text)}</code>`;
    case 'br':
      return '\n';
    case 'link':
    case 'image': {
      const { href } = token as Tokens.Link;
      return /^https?:\/\//.test(href) ? `<a href="${escaped(href)}">${inner()}</a>` : inner();
    }
    case 'escape':
      return escaped((token as Tokens.Escape).text);
    default:
      return inner();
  }
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => NAMES[character] ?? character);
