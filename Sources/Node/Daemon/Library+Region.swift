import Store

extension Library {
    private static let regionPolicy = "region"

    /// The region that the owner says this machine is in; nil for none. `region` is what she says
    /// now: empty takes it back, nil leaves it.
    func region(setting region: String? = nil) throws(Failure) -> String? {
        try inStore { () throws(StoreError) in
            let known = try index.policy(Self.regionPolicy) ?? ""
            let wanted = region ?? known
            if wanted != known { try setPolicy(Self.regionPolicy, wanted) }
            return wanted.isEmpty ? nil : wanted
        }
    }
}
