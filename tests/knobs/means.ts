import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { get } from 'node:https'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '../support/gateway.ts'
import { eventually } from '../support/wait.ts'

const DAY_MS = 86_400_000

/** A fresh self-signed certificate for 127.0.0.1, as files. */
export function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-tls-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  )
  return { cert, key }
}

/** The status of a GET over TLS that trusts that certificate and no other. */
export function overHttps(url: string, cert: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(cert) }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

/** A port on which connections are neither accepted nor refused: its queue is full, and its process stands still. */
export async function deafListener(): Promise<{ port: number; stop: () => void }> {
  const script =
    'const s = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))'
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(said.toString())
  child.kill('SIGSTOP')
  const fillers: Socket[] = []
  for (let i = 0; i < 8; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    fillers.push(socket)
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  return {
    port,
    stop: () => {
      for (const socket of fillers) socket.destroy()
      child.kill('SIGKILL')
    },
  }
}

/** Copies a record so often, with these ages in days, and gives the ages of those that a gateway with that retention keeps. */
export async function retained(retention: Record<string, number>, ages: number[]): Promise<number[]> {
  const gateway = await startGateway({ config: { retention } })
  try {
    const customer = await gateway.customer('1.00')
    const { data } = await gateway.api.expect<{ data: { name: string }[] }>(200, 'GET', '/api/models')
    const first = await gateway.chat(customer.key, {
      model: data[0]?.name ?? 'demo',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'Hello' }],
    })
    assert.equal(first.status, 200, first.text)
    await gateway.api.record(String(first.headers['x-request-id']))
    await gateway.kill('SIGTERM')
    await age(gateway.data, ages)
    await gateway.start()
    return await eventually(
      async () => {
        const left = await agesLeft(gateway.data)
        assert.ok(left.length < ages.length, `${left.length} records are left`)
        return left
      },
      20_000,
      500,
    )
  } finally {
    await gateway.stop()
  }
}

/** Replaces the one record by copies that are that old; the database is nobody's meanwhile. */
async function age(folder: string, ages: number[]): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(await databaseFile(folder))
  const columns = database
    .prepare("SELECT name FROM pragma_table_info('requests')")
    .all()
    .map((row) => String(row['name']))
  const others = columns.filter((name) => name !== 'id' && name !== 'at').join(', ')
  database.exec(`CREATE TEMP TABLE pattern AS SELECT * FROM requests LIMIT 1; DELETE FROM requests; BEGIN`)
  const insert = database.prepare(`INSERT INTO requests (id, at, ${others}) SELECT ?, ?, ${others} FROM pattern`)
  for (const [i, days] of ages.entries()) insert.run(`req_${days}_${i}`, Math.round(Date.now() - days * DAY_MS))
  database.exec('COMMIT')
  database.close()
}

async function agesLeft(folder: string): Promise<number[]> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(await databaseFile(folder), { readOnly: true })
  const rows = database.prepare('SELECT id FROM requests ORDER BY at DESC').all()
  database.close()
  return rows.map((row) => Number(String(row['id']).split('_')[1]))
}

async function databaseFile(folder: string): Promise<string> {
  const { readdirSync } = await import('node:fs')
  const { DatabaseSync } = await import('node:sqlite')
  for (const name of readdirSync(folder)) {
    if (!/\.(db|sqlite3?)$/.test(name)) continue
    const database = new DatabaseSync(join(folder, name), { readOnly: true })
    const found = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'requests'").get()
    database.close()
    if (found !== undefined) return join(folder, name)
  }
  throw new Error(`no database with requests in ${folder}`)
}
