/// Leads each verb to its command.
enum Launch {
    /// Does what this program starts itself for, without a line in `--help`; nil for all else.
    static func performHidden(_ words: [String]) -> Int32? {
        switch words.first {
        case TrainWorker.verb where words.count == 3:
            TrainWorker.run(words[1], parent: Int32(words[2]) ?? 0)
        case ReplayWorker.verb where words.count == 2:
            ReplayWorker.run(parent: Int32(words[1]) ?? 0)
        case CheckWorker.verb where words.count == 2:
            CheckWorker.run(parent: Int32(words[1]) ?? 0)
        case TrainSupervisor.verb where words.count == 2: TrainCommand.supervise(words[1])
        default: nil
        }
    }

    /// Does a verb; the exit code.
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) -> Int32 {
        switch arguments.verb.name {
        case "init": try InitCommand.perform(arguments, report)
        case "run": try RunCommand.perform(arguments, report)
        case "join": try NodeCommands.join(arguments, report)
        case "trust" where RightsCommands.isAboutRules(arguments):
            try RightsCommands.rules(arguments, report)
        case "trust": try NodeCommands.trust(arguments, report)
        case "grant": try RightsCommands.grant(arguments, report)
        case "revoke": try RightsCommands.revoke(arguments, report)
        case "withdraw": try RightsCommands.withdraw(arguments, report)
        case "identity": try IdentityCommands.identity(arguments, report)
        case "delegate": try IdentityCommands.delegate(arguments, report)
        case "mirror": try MirrorCommand.perform(arguments, report)
        case "org": try OrgCommand.perform(arguments, report)
        case "audit": return try AuditCommand.perform(arguments, report)
        case "peers": try NodeCommands.peers(arguments, report)
        case "status": try NodeCommands.status(arguments, report)
        case "bootstrap": try BootstrapCommand.perform(arguments, report)
        case "ticket": try NodeCommands.ticket(arguments, report)
        case "share": try ShareCommand.perform(arguments, report)
        case "assemble": try AssembleCommand.perform(arguments, report)
        case "find": try FindCommand.perform(arguments, report)
        case "show": try LookCommands.show(arguments, report)
        case "list": try LookCommands.list(arguments, report)
        case "licence": try LicenceCommand.perform(arguments, report)
        case "lineage": try LineageCommand.perform(arguments, report)
        case "transfers": try TransferCommands.transfers(arguments, report)
        case "limits": try TransferCommands.limits(arguments, report)
        case "fetch": try FetchCommand.perform(arguments, report)
        case "export": try ExportCommand.perform(arguments, report)
        case "pin", "unpin": try StoreCommands.pin(arguments, report)
        case "remove": try StoreCommands.remove(arguments, report)
        case "quota": try StoreCommands.quota(arguments, report)
        case "compact": try CompactCommand.perform(arguments, report)
        case "backup": try BackupCommand.backup(arguments, report)
        case "restore": try BackupCommand.restore(arguments, report)
        case "doctor": return try DoctorCommand.perform(arguments, report)
        case "verify": return try VerifyCommand.perform(arguments, report)
        case "chat": return try ChatCommand.perform(arguments, report)
        case "schema": try SchemaCommand.perform(arguments, report)
        case "infer": return try InferCommand.perform(arguments, report)
        case "memory": try MemoryCommand.perform(arguments, report)
        case "tokenize": try TokenizeCommand.tokenize(arguments, report)
        case "detokenize": try TokenizeCommand.detokenize(arguments, report)
        case "eval": try EvalCommand.perform(arguments, report)
        case "merge": try MergeCommand.perform(arguments, report)
        case "train": try TrainCommand.perform(arguments, report)
        case "jobs": return try JobsCommand.perform(arguments, report)
        case "bench": try BenchCommand.perform(arguments, report)
        default:
            throw Failure(.unsupported, "\(arguments.verb.name) is not built into this version")
        }
        return 0
    }
}
