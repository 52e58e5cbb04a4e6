import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a command to its end. @returns what it printed; rejects, with all it printed, when it fails */
export async function runCommand(
  command: string,
  args: string[],
  options: { cwd: string; environment?: NodeJS.ProcessEnv },
): Promise<string> {
  const { stdout } = await execute(command, args, {
    cwd: options.cwd,
    env: options.environment ?? process.env,
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

/** A new key as `faregate key create --json` prints it. */
export interface NewKey {
  id: string
  key: string
  model: string
  organization: { id: string; name: string }
}
