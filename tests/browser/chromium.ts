import { spawnSync } from 'node:child_process'
import { chromium, type Browser } from 'playwright-core'

/** Where a distribution puts it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser of this machine; undefined: it has none. */
function installed(): string | undefined {
  const { CHROMIUM } = process.env
  return CHROMIUM ?? NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
}

const path = installed()

/** Why tests in a browser cannot run here; false: they can. */
export const withoutChromium: string | false =
  path === undefined ? 'Chromium is not installed (apt-get install chromium), and CHROMIUM names none' : false

/** Starts it without a window. */
export async function startChromium(): Promise<Browser> {
  const command = String(path)
  const executablePath = command.includes('/') ? command : spawnSync('which', [command], { encoding: 'utf8' }).stdout.trim()
  // Containers have neither the namespaces that its sandbox needs nor much shared memory.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
