import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { ensureInstalled } from '../support/install.ts'
import { ROOT } from '../support/root.ts'

/** A service of somebody else that runs as a process of its own. */
export interface Service {
  url: string
  /** What it wants in `Authorization` of whoever calls it. */
  key: string
  /** Its OpenAPI document, as it serves it. */
  document: string
  stop(): Promise<void>
}

const FOLDER = 'tools/lifecycle/service'

const FLAGS = {
  version: 1,
  features: [
    {
      name: 'new-checkout',
      type: 'release',
      enabled: true,
      strategies: [{ name: 'userWithId', parameters: { userIds: 'ada,grace' } }],
    },
  ],
}

/** Starts the Unleash Proxy with one flag, which is on for two users. `folder`: where its flags are written. */
export async function startService(folder: string): Promise<Service> {
  ensureInstalled(FOLDER)
  const flags = join(folder, 'flags.json')
  writeFileSync(flags, JSON.stringify(FLAGS))
  const key = 'the-service-wants-this-key'
  const child = spawn(process.execPath, [join(ROOT, FOLDER, 'serve.mjs'), flags, key], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = `http://127.0.0.1:${await portOf(child)}`
  await eventually(async () => (await fetch(`${url}/proxy/health`)).ok)
  const document = await (await fetch(`${url}/docs/openapi.json`)).text()
  return {
    url,
    key,
    document,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

function portOf(child: ReturnType<typeof spawn>): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString('utf8')
      const port = /listening on (\d+)/.exec(said)?.[1]
      if (port !== undefined) resolve(port)
    })
    child.once('exit', () => reject(new Error(`the service ended before it listened: ${said}`)))
  })
}
