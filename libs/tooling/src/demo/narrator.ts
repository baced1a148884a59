import { styleText } from 'node:util';

/** Tells the demo's story on standard output; coloured on a terminal, unless NO_COLOR is set. */
export const narrator = {
  title: (text: string) => console.log(`\n${styleText('bold', text)}`),
  say: (text: string) => console.log(text),
  /** A command as a person would type it. */
  command: (text: string) => console.log(`\n${styleText('cyan', `$ ${text}`)}`),
  output: (line: string) => console.log(`  ${line}`.trimEnd()),
  /** Something that happens beside the command that is running. */
  aside: (text: string) => console.log(styleText('yellow', `  >> ${text}`)),
  progress: (line: string) => console.log(styleText('dim', `  ${line}`)),
};

export type Narrator = typeof narrator;
