/**
 * `npm run test:chaos [-- --seed N --episodes N --engine sqlite|postgres|both]`: kills, stops and cuts the gateway, its
 * database and its network at every step of a request. Brings what that needs, and hands its arguments on.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ensureInstalled } from './support/install.ts'
import { findPostgres } from './support/postgres.ts'
import { ROOT } from './support/root.ts'

ensureInstalled('tests')
const postgres = await findPostgres(process.env)
const env = { ...process.env, ...(postgres.url === undefined ? {} : { FAREGATE_TEST_POSTGRES_URL: postgres.url }) }
const run = spawn(process.execPath, ['tests/chaos/run.ts', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit', env })
// What was interrupted ends by itself, after its episode.
process.on('SIGINT', () => undefined)
const [code] = (await once(run, 'exit')) as [number | null]
await postgres.stop()
process.exitCode = code ?? 1
