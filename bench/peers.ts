/** Others that stand between callers and an upstream, for a row beside: nginx, which only passes on, and Portkey's gateway. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../tests/support/wait.ts'
import { ensureInstalled } from '../tools/support/install.ts'
import { atEnd, onCore } from './processes.ts'
import type { Script } from './processes.ts'
import { passingTarget } from './targets.ts'
import type { Target } from './targets.ts'

const PORTKEY = join(import.meta.dirname, 'peers/node_modules/@portkey-ai/gateway')

/** A target, or why there is none and how to get it. */
export type Peer = Target | string

/** nginx with `proxy_pass` and kept-alive connections, one process, nothing logged or buffered to disk. */
export async function startNginx(upstream: Script): Promise<Peer> {
  const nginx = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
  if (nginx.status !== 0) return 'nginx is not on PATH, so it has no row: `apt install nginx-light` gets it'
  const folder = mkdtempSync(join(tmpdir(), 'faregate-bench-nginx-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, port, upstream.port))
  const pid = await startListening(['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], port)
  return passingTarget(/nginx\/[\d.]+/.exec(nginx.stderr)?.[0].replace('/', ' ') ?? 'nginx', { pid, port })
}

function nginxConfig(folder: string, port: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
  return `daemon off; master_process off; pid ${folder}/pid; events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; client_body_buffer_size 64k; ${temporary.join(' ')}
  upstream bench { server 127.0.0.1:${upstream}; keepalive 1024; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://bench; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`
}

/** Portkey's gateway as it comes from npm, told in headers to pass everything to the upstream. */
export async function startPortkey(upstream: Script): Promise<Peer> {
  try {
    ensureInstalled('bench/peers')
  } catch (error) {
    return `Portkey's gateway has no row: ${error instanceof Error ? error.message : String(error)}`
  }
  const port = await freePort()
  const pid = await startListening([process.execPath, join(PORTKEY, 'build/start-server.js'), '--headless', `--port=${port}`], port)
  const headers = {
    authorization: 'Bearer none',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstream.port}/v1`,
  }
  const { version } = JSON.parse(readFileSync(join(PORTKEY, 'package.json'), 'utf8')) as { version: string }
  return passingTarget(`Portkey ${version}`, { pid, port }, headers)
}

async function startListening(command: string[], port: number): Promise<number> {
  const [file = '', ...args] = [...onCore(0), ...command]
  const child = spawn(file, args, { stdio: 'ignore', env: { ...process.env, NODE_ENV: 'production' } })
  atEnd(() => child.kill('SIGKILL'))
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${command[0]} ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect').finally(() => socket.destroy())
  }, 20_000)
  return child.pid ?? -1
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
