import Genome
import Wire

/// Reads questions of permission back as `PermissionRequest.json` wrote them. They come from this
/// node's own log, which may be damaged or of a newer program: anything unexpected is no question.
public enum PermissionReader {
    /// The question in canonical JSON; nil for anything else.
    public static func request(_ json: JSONValue) -> PermissionRequest? {
        guard let action = json["action"]?.string.flatMap({ Action(rawValue: $0) }),
            let caller = json["caller"].flatMap({ caller($0) }),
            let layer = json["layer"].flatMap({ layer($0) }),
            let isPublisher = json["holder"]?["isPublisher"]?.bool,
            let isSeeding = json["holder"]?["isSeeding"]?.bool,
            let owner = json["owner"].flatMap({ OwnerPolicy(json: $0) }),
            let now = json["now"]?.integer
        else { return nil }
        return PermissionRequest(
            action, by: caller, with: layer,
            holder: Holder(isPublisher: isPublisher, isSeeding: isSeeding), owner: owner, now: now)
    }

    private static func key(_ json: JSONValue?) -> NodeKey? {
        json?.string.flatMap { NodeKey(base32: $0) }
    }

    private static func texts(_ json: JSONValue?) -> Set<String> {
        Set((json?.array ?? []).compactMap(\.string))
    }

    private static func keys(_ json: JSONValue?) -> Set<NodeKey> {
        Set((json?.array ?? []).compactMap { key($0) })
    }

    private static func caller(_ json: JSONValue) -> Caller? {
        guard let own = key(json["key"]) else { return nil }
        var places: [Caller.Place] = []
        for entry in json["places"]?.array ?? [] {
            guard let organization = key(entry["organization"]) else { return nil }
            let rights = texts(entry["rights"]).compactMap { MembershipRight(rawValue: $0) }
            places.append(Caller.Place(organization: organization, rights: Set(rights)))
        }
        return Caller(
            key: own, asksFor: keys(json["asksFor"]), publishesFor: keys(json["publishesFor"]),
            places: places,
            purpose: Purpose(
                isCommercial: json["commercial"]?.bool, isResearch: json["research"]?.bool,
                domains: texts(json["domains"])))
    }

    private static func layer(_ json: JSONValue) -> LayerPolicy? {
        guard let publisher = key(json["publisher"]),
            let type = json["type"]?.string.flatMap({ LayerType($0) }),
            let visibility = json["visibility"]?.string.flatMap({ Visibility(rawValue: $0) }),
            let distribution = json["distribution"].flatMap({ Distribution($0) })
        else { return nil }
        let terms = (json["terms"]?.array ?? []).map { bits in
            LicenceTerms(bits: Set(texts(bits).compactMap { LicenceBit(rawValue: $0) }))
        }
        var layer = LayerPolicy(
            publisher: publisher, type: type, visibility: visibility,
            organization: key(json["organization"]), distribution: distribution,
            licence: json["licence"]?.string, terms: terms,
            restrictedDomains: texts(json["restrictedDomains"]))
        layer.withdrawal = json["withdrawal"]?.string
        layer.withdrawnFrom = json["withdrawnFrom"]?.integer ?? 0
        layer.needsNewerNode = json["needsNewerNode"]?.bool ?? false
        layer.verdicts = texts(json["verdicts"])
        layer.acceptances = keys(json["acceptances"])
        for entry in json["grants"]?.array ?? [] {
            guard let grant = grant(entry) else { return nil }
            layer.grants.append(grant)
        }
        layer.contradiction = json["contradiction"].flatMap { contradiction($0) }
        return layer
    }

    private static func grant(_ json: JSONValue) -> Grant? {
        guard let grantee = key(json["grantee"]) else { return nil }
        return Grant(
            grantee: grantee,
            commands: Set(
                texts(json["commands"]).compactMap { Grant.Command(rawValue: $0) }),
            excludedDomains: texts(json["excludedDomains"]), expires: json["expires"]?.integer,
            isRevoked: json["isRevoked"]?.bool ?? false)
    }

    private static func contradiction(_ json: JSONValue) -> LicenceRefusal? {
        guard let rule = json["rule"]?.string.flatMap({ LicenceRule(rawValue: $0) }) else {
            return nil
        }
        return LicenceRefusal(
            rule: rule, subject: json["subject"]?.string ?? "",
            path: (json["path"]?.array ?? []).compactMap(\.string),
            reason: json["reason"]?.string ?? "", remedy: json["remedy"]?.string ?? "")
    }
}
