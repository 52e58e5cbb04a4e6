#!/usr/bin/env node
// Starts the command line under Node 24 or newer: in this process where it is one, else in a child under the Node
// that the package brings along. Plain JavaScript, so that an older Node can read it and say what is missing.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 24
const self = fileURLToPath(import.meta.url)

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  endWithLauncher()
  endWithNpm()
  module.enableCompileCache?.()
  await import(await commandLine())
} else {
  const node = bundledNode()
  if (node === undefined) {
    console.error(
      `faregate needs Node.js ${NEEDED} or newer; this is ${process.versions.node}. Install Node.js ${NEEDED} from https://nodejs.org and start again.`,
    )
    process.exitCode = 1
  } else {
    run(node)
  }
}

/** In the repository the sources, bundled; in the published package what was bundled for it. */
async function commandLine() {
  const source = new URL('../packages/cli/src/main.ts', import.meta.url)
  if (!existsSync(source)) return new URL('../dist/cli.js', import.meta.url).href
  try {
    const { bundledCommandLine } = await import('../tools/bundle.mjs')
    return pathToFileURL(await bundledCommandLine()).href
  } catch (error) {
    // The sources run as they are, a little slower.
    if (!isExpected(error)) console.error(`faregate: the sources are not bundled, they run as they are: ${firstLine(error)}`)
    return source.href
  }
}

/** Without the bundler, or on a disk that takes no more, nothing is wrong. */
function isExpected(error) {
  if (error?.code === 'ERR_MODULE_NOT_FOUND') return String(error.message).includes("'esbuild'")
  return ['EACCES', 'EROFS', 'ENOSPC'].includes(error?.code)
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n', 1)[0]
}

/** The Node that came as a package for this platform, if there is one. */
function bundledNode() {
  const require = createRequire(import.meta.url)
  try {
    const path = require.resolve(`node-${process.platform}-${process.arch}/bin/node`)
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Runs this file again under another Node: signals go there, its end comes back, and it does not outlive this process. */
function run(node) {
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, FAREGATE_LAUNCHER: String(process.pid) },
  })
  // A terminal sends its interrupt to both processes; forwarding it again would count as a second one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`faregate: ${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** In the child: the channel closes when the launcher is gone, however it went. */
function endWithLauncher() {
  if (process.env.FAREGATE_LAUNCHER === undefined) return
  delete process.env.FAREGATE_LAUNCHER
  if (process.channel === undefined) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}

/**
 * npm passes a signal to the shell between it and this process, and the shell dies of it without passing it on:
 * a gateway started by `npx` would go on without anyone who can stop it. So it ends, in order, when its parent is gone.
 */
function endWithNpm() {
  if (process.env.npm_command !== 'exec' && process.env.npm_command !== 'start') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 250)
  watch.unref()
}
