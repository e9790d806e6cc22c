import Host

/// Tells local file systems from those where SQLite and locks are not safe.
///
/// Databases on network file systems are damaged by caches and locks that do not reach the other
/// clients (sqlite.org, "How To Corrupt An SQLite Database File", 2.1), and clusters put home
/// folders exactly there.
enum Filesystem {
    /// The name of a network file system by its magic number (statfs(2)); nil for all others.
    static func networkKind(ofMagic magic: Int) -> String? {
        switch magic & 0xffff_ffff {
        case 0x6969: "NFS"
        case 0x517b, 0xff53_4d42, 0xfe53_4d42: "SMB"
        case 0x0bd0_0bd0: "Lustre"
        case 0x4750_4653: "GPFS"
        case 0x6573_5546: "a FUSE file system (sshfs or alike)"
        case 0x00c3_6400: "Ceph"
        case 0x1983_0326: "BeeGFS"
        case 0x5346_414f, 0x6b41_4653: "AFS"
        case 0x0102_1997: "9P"
        case 0x7375_7245: "Coda"
        case 0x7461_636f: "OCFS2"
        case 0x0116_1970: "GFS2"
        case 0xaad7_aaea: "PanFS"
        case 0x2030_3846: "WekaFS"
        default: nil
        }
    }

    /// Refuses `path`, or the nearest folder above it that exists, on a network file system.
    static func requireLocal(_ path: String) throws(StoreError) {
        var folder = path
        while !Directory.exists(folder) && folder != "/" && folder != "." {
            folder = Layout.folder(of: folder)
        }
        let existing = folder
        let magic = try onDisk { () throws(SystemError) in
            try Directory.filesystemType(at: existing)
        }
        guard let kind = networkKind(ofMagic: magic) else { return }
        throw .networkFilesystem(path: path, kind: kind)
    }
}
