import type { Command } from '../../packages/cli/src/command.ts'
import { COMMANDS } from '../../packages/cli/src/commands/index.ts'
import { run } from '../../packages/cli/src/program.ts'
import { heading, type Page } from './page.ts'

/** Said once for all commands, below. */
const HELP = /^ {2}-h, --help {2}/
const SHARED = /^ {2}(--url <url>|--data <folder>|--json|-h, --help) {2}/

/** The help of a command, without what all clients of the gateway share. */
async function helpOf({ name, local }: Command): Promise<string[]> {
  let text = ''
  const write = (piece: string) => {
    text += piece
  }
  await run([...name.split(' '), '--help'], { environment: {}, stdout: write, stderr: write })
  const lines = text.trimEnd().split('\n')
  const own = lines.filter((line) => !(local === true ? HELP : SHARED).test(line))
  const options = own.indexOf('Options:')
  // A command that has no option of its own.
  if (options !== -1 && (own[options + 1] ?? '') === '') own.splice(options, 2)
  return own.join('\n').trim().split('\n')
}

async function sections(): Promise<string[]> {
  const written: string[] = []
  for (const command of COMMANDS) written.push(`## ${command.name}`, '', '```text', ...(await helpOf(command)), '```', '')
  return written
}

/** Every command, as its own help shows it. */
export const cliPage: Page = {
  file: 'reference/cli.md',
  text: async () => {
    // The help is as wide here whatever terminal the generator runs in.
    Object.defineProperties(process.stdout, { isTTY: { value: true, configurable: true }, columns: { value: 150, configurable: true } })
    return [
      ...heading('Command line', 'the help of the commands'),
      '`npx faregate COMMAND`. All but `start` and `check` are clients of the [management API](management-api.md) and take:',
      '',
      '| option | what | variable |',
      '| --- | --- | --- |',
      '| `--url <url>` | where the gateway is; else the one that runs on the data folder | `FAREGATE_URL` |',
      "| `--data <folder>` | data folder of the gateway; default `./data`. Its operator's token is used | `FAREGATE_DATA` |",
      '| `--json` | answer as JSON | |',
      "| | another token than the operator's | `FAREGATE_TOKEN` |",
      '',
      'Exit codes: 0 done, 1 failed, 2 called wrongly.',
      '',
      ...(await sections()),
    ].join('\n')
  },
}
