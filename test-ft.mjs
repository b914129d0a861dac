import sharp from 'sharp';
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
const w=readFileSync('/tmp/fnt.woff'); const n=w.readUInt16BE(12); const tables=[];
for(let i=0;i<n;i++){const o=44+20*i; const [off,comp,orig,sum]=[4,8,12,16].map(d=>w.readUInt32BE(o+d)); const raw=w.subarray(off,off+comp); tables.push({tag:w.toString('latin1',o,o+4),sum,data:comp<orig?inflateSync(raw):raw});}
const head=Buffer.alloc(12+16*n); w.copy(head,0,4,8); head.writeUInt16BE(n,4); const e=Math.floor(Math.log2(n)); head.writeUInt16BE(16<<e,6); head.writeUInt16BE(e,8); head.writeUInt16BE(16*n-(16<<e),10);
let at=head.length; const parts=[head]; tables.forEach(({tag,sum,data},i)=>{head.write(tag,12+16*i,'latin1');head.writeUInt32BE(sum,16+16*i);head.writeUInt32BE(at,20+16*i);head.writeUInt32BE(data.length,24+16*i); const p=Buffer.alloc(Math.ceil(data.length/4)*4); data.copy(p); parts.push(p); at+=p.length;});
writeFileSync('/tmp/fnt.ttf',Buffer.concat(parts));
await sharp({text:{text:'Größe 12', fontfile:process.argv[2], font:process.argv[3]+' 30'}}).png().toFile('/tmp/t-text.png');
const svg=`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60"><rect width="300" height="60" fill="white"/><text x="10" y="40" font-size="30" font-family="${process.argv[3]}">Größe 12.50 €</text></svg>`;
await sharp(Buffer.from(svg)).png().toFile('/tmp/t-svg.png');
