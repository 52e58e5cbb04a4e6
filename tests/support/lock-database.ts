import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Takes the write lock on every SQLite file that it is given and can have, says how many, and holds on until its input ends. */
const HOLDER = `
const { DatabaseSync } = require('node:sqlite')
let locked = 0
for (const file of process.argv.slice(1)) {
  const database = new DatabaseSync(file)
  try { database.exec('PRAGMA busy_timeout = 2000; BEGIN EXCLUSIVE'); locked++ } catch (error) { console.error(file, error.message) }
}
console.log('locked ' + locked)
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
`

/** Locks the gateway's database from another process, as a backup tool gone wrong would. Gives the release. */
export async function lockDatabase(directory: string): Promise<() => Promise<void>> {
  const files = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter(isSqlite)
  const child = spawn(process.execPath, ['--no-warnings', '-e', HOLDER, ...files], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  if (!/locked [1-9]/.test(said.toString())) throw new Error(`no database could be locked in ${directory}: ${files.join(', ')}`)
  return async () => {
    child.stdin.end()
    if (child.exitCode === null) await once(child, 'exit')
  }
}

function isSqlite(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    const head = Buffer.alloc(16)
    readSync(file, head, 0, 16, 0)
    closeSync(file)
    return head.toString('latin1') === 'SQLite format 3\0'
  } catch {
    return false
  }
}
