/** The data of each event of a server-sent stream that has any (WHATWG HTML, section 9.2.6). */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  let data: string[] = [];
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = `${rest}${chunk}`.split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
      if (line !== '') continue;
      if (data.length > 0 && data.join('') !== '') yield data.join('\n');
      data = [];
    }
  }
}
