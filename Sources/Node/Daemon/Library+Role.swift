import Store

/// How much of what others announce a node keeps.
enum NodeRole: String, CaseIterable {
    /// Every record of the network.
    case full
    /// Its own, and those of layers that it found or fetched.
    case light
}

extension Library {
    private static let rolePolicy = "role"

    /// The role that the owner gave this node; full when nothing was said. `role` is what she says
    /// now; nil leaves it.
    func role(setting role: NodeRole? = nil) throws(Failure) -> NodeRole {
        try inStore { () throws(StoreError) in
            let known = try index.policy(Self.rolePolicy).flatMap { NodeRole(rawValue: $0) }
            guard let role, role != known ?? .full else { return known ?? .full }
            try setPolicy(Self.rolePolicy, role.rawValue)
            return role
        }
    }
}
