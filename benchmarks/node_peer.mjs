// BuilderBot's core with a Twilio provider: what is measured beside ours in `ack`.
//
// Its own `@builderbot/provider-twilio` is not to be had from the registry, so this does what that one does: the
// core's own HTTP server, `POST /webhook`, the message handed to the flows, an answer at once, the reply by
// Twilio's API. Nothing is checked and nothing is kept (its database is `MemoryDB`). Copied beside its packages.
import bot from '@builderbot/bot'
import { EventEmitter } from 'node:events'

const { createBot, createFlow, createProvider, addKeyword, MemoryDB, ProviderClass } = bot
const [port, api, account, token, sender] = process.argv.slice(2)

class Vendor extends EventEmitter {
  incoming = (req, res) => {
    const { From, Body, ProfileName } = req.body
    this.emit('message', { ...req.body, from: From.replace(/\D/g, ''), body: Body, name: ProfileName })
    res.end(JSON.stringify({ body: req.body }))
  }
}

class Twilio extends ProviderClass {
  globalVendorArgs = { name: 'bot', port: Number(port) }

  async initVendor() {
    this.vendor = new Vendor()
    return this.vendor
  }

  beforeHttpServerInit() {
    this.server = this.server
      .post('/webhook', this.vendor.incoming)
      .get('/healthz', (_, res) => res.end('ok'))
  }

  afterHttpServerInit() {}

  busEvents = () => [{ event: 'message', func: (payload) => this.emit('message', payload) }]

  sendMessage = async (number, message) => {
    const answer = await fetch(`${api}/2010-04-01/Accounts/${account}/Messages.json`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` },
      body: new URLSearchParams({ From: sender, To: `whatsapp:+${number}`, Body: message }),
    })
    return answer.json()
  }

  saveFile = async () => ''
}

const flow = createFlow([
  addKeyword(['gracias']).addAnswer('De nada.'),
  addKeyword(['hasta luego']).addAnswer('Hasta luego.'),
])
const { httpServer } = await createBot({ flow, provider: createProvider(Twilio), database: new MemoryDB() })
httpServer(Number(port))
