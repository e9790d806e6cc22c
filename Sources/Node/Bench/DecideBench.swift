import Genome
import Host
import Swarm
import Wire

/// The one decision function on every action, visibility and kind of caller, beside checking one
/// signature: what any message of a stranger costs anyway.
struct DecideBench {
    private static let now: Int64 = 1_760_000_000
    /// Grants of the layer that has many.
    private static let grantsMany = 1_000

    private let publisher = SigningKey.random()
    private let organization = SigningKey.random().publicKey
    private let grantee = SigningKey.random().publicKey

    func run() -> [BenchRow] {
        let signature = signatureMicroseconds()
        let cases = [
            (1, 400, "one grant"), (Self.grantsMany, 20, "\(Self.grantsMany) grants"),
        ]
        return cases.map { grants, rounds, title in
            let requests = requests(grants: grants)
            var allowed = 0
            let times = (0..<5).map { _ in
                BenchCommand.seconds {
                    allowed = 0
                    for _ in 0..<rounds {
                        for request in requests where request.decide() == .allow { allowed += 1 }
                    }
                }
            }
            let count = Double(requests.count * rounds)
            let figure = BenchCommand.median(times) / count * 1e6
            let part = Int((Double(allowed) / count * 100).rounded())
            return BenchRow(
                name: "decision, \(title), \(part) % allowed", figure: figure, unit: "\u{b5}s",
                against: "checking a signature, \(Decimals.text(signature, 1)) \u{b5}s",
                ratio: figure / signature)
        }
    }

    /// Each action with a layer of each visibility, by its publisher, a member, a grantee and a
    /// stranger, under two kinds of terms.
    private func requests(grants: Int) -> [PermissionRequest] {
        let everywhere = Distribution(
            isGloballyAvailable: true, scope: .global, isPeerToPeer: true)
        let place = Caller.Place(organization: organization, rights: [.read])
        let callers = [
            Caller(key: publisher.publicKey),
            Caller(key: SigningKey.random().publicKey, places: [place]),
            Caller(key: grantee),
            Caller(key: SigningKey.random().publicKey, purpose: Purpose(isCommercial: true)),
        ]
        var given = (1..<grants).map { _ in
            Grant(grantee: SigningKey.random().publicKey, commands: [.read])
        }
        given.append(Grant(grantee: grantee, commands: [.read, .run, .train]))
        var requests: [PermissionRequest] = []
        for visibility in Visibility.allCases {
            for terms in ["Apache-2.0", "CC-BY-NC-4.0"] {
                let licence = try? LicenceExpression(parsing: terms)
                let ways = LicenceBook.catalogue.alternatives(ofStated: licence).map(\.terms)
                var layer = LayerPolicy(
                    publisher: publisher.publicKey, type: .lora, visibility: visibility,
                    organization: visibility == .organization ? organization : nil,
                    distribution: everywhere, licence: terms,
                    terms: LicenceAlternative.mildest(of: ways))
                layer.grants = visibility == .whitelist ? given : []
                for action in Action.allCases {
                    for caller in callers {
                        requests.append(
                            PermissionRequest(
                                action, by: caller, with: layer,
                                holder: Holder(isPublisher: false, isSeeding: true),
                                now: Self.now))
                    }
                }
            }
        }
        return requests
    }

    private func signatureMicroseconds() -> Double {
        let message = [UInt8](repeating: 7, count: 512)
        let signature = publisher.sign(message)
        let times = (0..<5).map { _ in
            BenchCommand.seconds {
                for _ in 0..<200 {
                    guard signature.isValid(over: message, by: publisher.publicKey) else {
                        preconditionFailure("a signature that was just made holds")
                    }
                }
            }
        }
        return BenchCommand.median(times) / 200 * 1e6
    }
}
