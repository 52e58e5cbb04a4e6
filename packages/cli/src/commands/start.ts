import type { Command, Option, Options } from '../command.ts'
import { Failure } from '../command.ts'
import { loadServer } from '../server.ts'

const WHERE: Option[] = [{ flags: '--config <file>', summary: 'configuration file (FAREGATE_CONFIG, ./faregate.yaml if it exists)' }]

const start: Command = {
  name: 'start',
  summary: 'Start the gateway',
  local: true,
  options: [
    { flags: '--data <folder>', summary: 'data folder (FAREGATE_DATA, ./data)' },
    { flags: '--port <port>', summary: 'port; 0 picks a free one (FAREGATE_PORT, 4020)' },
    { flags: '--host <address>', summary: 'address (FAREGATE_HOST, 127.0.0.1)' },
    ...WHERE,
    { flags: '--database-url <url>', summary: 'PostgreSQL instead of SQLite in the data folder (FAREGATE_DATABASE_URL)' },
    { flags: '--redis-url <url>', summary: 'Redis, in which replicas share limits (FAREGATE_REDIS_URL; absent: each counts for itself)' },
    { flags: '--drain-seconds <seconds>', summary: 'how long running requests may take to end after SIGTERM (30)' },
    { flags: '--demo', summary: 'use the built-in demo provider alone, whatever else is configured' },
  ],
  async run(call) {
    const { startServer } = await loadServer()
    await startServer(startFlags(call.options), call.environment)
  },
}

function startFlags(options: Options) {
  return {
    ...options.some('data', 'port', 'host', 'config', 'databaseUrl', 'redisUrl', 'drainSeconds'),
    ...(options.is('demo') ? { demo: true } : {}),
  }
}

const check: Command = {
  name: 'check',
  summary: 'Validate the configuration: what is wrong, where, and how to mend it',
  local: true,
  options: [...WHERE, { flags: '--json', summary: 'answer as JSON' }],
  async run(call) {
    const { checkConfiguration } = await loadServer()
    const { file, findings, ok } = await checkConfiguration(call.options.some('config'), call.environment)
    const what = file === undefined ? 'The configuration (no file; the environment alone)' : file
    call.output.result(
      { ok, file: file ?? null, findings },
      [...findings.map((finding) => finding.text), ok ? `${what} is right.` : ''].join('\n').trim(),
    )
    if (!ok) throw new Failure(`${what} cannot be served.`)
  },
}

export const startCommands = [start, check]
