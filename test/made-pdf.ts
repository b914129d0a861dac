interface Pdf {
  readonly title: string;
  readonly author: string;
  /** One list of lines a page. Latin letters only. */
  readonly pages: readonly (readonly string[])[];
}

/** A minimal PDF 1.4 with text in Helvetica and a document information dictionary. */
export function makePdf({ title, author, pages }: Pdf): Buffer {
  const firstPage = 5;
  const kids = pages.map((_, i) => `${firstPage + i * 2} 0 R`).join(' ');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${kids}]/Count ${pages.length}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    `<</Title(${escaped(title)})/Author(${escaped(author)})>>`,
    ...pages.flatMap((lines, i) => {
      const content = `BT /F1 14 Tf 72 720 Td 22 TL ${lines.map((line) => `(${escaped(line)}) Tj T*`).join(' ')} ET`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${firstPage + i * 2 + 1} 0 R>>`,
        `<</Length ${content.length}>>stream\n${content}\nendstream`,
      ];
    }),
  ];
  return assemble(objects);
}

/** Numbers the objects from 1 and writes the table of their offsets; object 1 is the root, object 4 the information. */
function assemble(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const trailer = `trailer<</Size ${size}/Root 1 0 R/Info 4 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`, 'latin1');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\()]/g, '\\$&');
}
