import type { AdminDeps } from '../deps.ts'

/** Each setting with the value in force, which for some is more than what was set, and where that comes from. */
export function presentSettings(deps: Pick<AdminDeps, 'settings' | 'snapshot' | 'publicUrl'>) {
  const settings = deps.settings()
  const { 'billing.topUpUrl': topUpUrl, 'billing.contact': contact } = settings
  return {
    allModels: { ...settings.allModels, value: deps.snapshot().allModels },
    publicUrl: { ...settings.publicUrl, value: deps.publicUrl() },
    billing: { topUpUrl: { ...topUpUrl, value: topUpUrl.value ?? null }, contact: { ...contact, value: contact.value ?? null } },
    sliceTokens: settings.sliceTokens,
    maxOutputWhenAbsent: settings.maxOutputWhenAbsent,
    cors: { origins: settings['cors.origins'] },
    prices: { approveAbove: settings['prices.approveAbove'] },
  }
}
