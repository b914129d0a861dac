/** Names of languages are short; whatever else stands there is cut off where the code goes on. */
const FENCE = /^```([\w+-]{0,20})/;

/** A Markdown text in pieces that each fit into one message, cut between blocks, then between lines, then anywhere. Code that is cut goes on as code. */
export function pieces(text: string, most: number): string[] {
  const cut: string[] = [];
  let [rest, open] = [text, ''];
  while (rest !== '') {
    const room = most - 8; // for the fences
    const end = rest.length + open.length <= most ? rest.length : Math.max(1, endOf(rest.slice(0, room - open.length)));
    const piece = open + rest.slice(0, end);
    rest = rest.slice(end).replace(/^\n+/, '');
    const language = openFence(piece);
    open = language === undefined || rest === '' ? '' : `\`\`\`${language}\n`;
    cut.push(open === '' ? piece : `${piece}\n\`\`\``);
  }
  return cut;
}

function endOf(window: string): number {
  const ends = [window.lastIndexOf('\n\n'), window.lastIndexOf('\n'), window.lastIndexOf(' ')];
  const last = window.charCodeAt(window.length - 1);
  const anywhere = last >= 0xd800 && last <= 0xdbff ? window.length - 1 : window.length; // a character of two units stays whole
  return ends.find((end) => end > window.length / 2) ?? anywhere;
}

/** The language of the code in which a piece ends; undefined: it ends outside of code. */
function openFence(piece: string): string | undefined {
  const fences = piece.split('\n').flatMap((line) => FENCE.exec(line)?.[1] ?? []);
  return fences.length % 2 === 1 ? fences.at(-1) : undefined;
}
