namespace TinyStore.Yjs.Updates;

/// <summary>Where the structs of one client are in an update.</summary>
internal struct YClientGroup
{
    public ulong Client;

    /// <summary>Where the first struct is.</summary>
    public int Start;

    /// <summary>How many structs are written, empty ones included.</summary>
    public int StructCount;

    /// <summary>The clock of the first struct, and the one after the last.</summary>
    public uint Clock;
    public uint EndClock;
}

/// <summary>
/// The parts of a V1 update, found while validating all of it. Reusable: a scan keeps its array, until <see cref="Trim"/>.
/// </summary>
internal sealed class YUpdateOutline
{
    /// <summary>An array of so many groups is worth keeping for the next update.</summary>
    public const int KeptGroups = 1024;

    private YClientGroup[] _groups = [];

    /// <summary>The groups in the order of the bytes. Yjs writes higher clients first and each once; foreign bytes may not.</summary>
    public Span<YClientGroup> Groups => _groups.AsSpan(0, GroupCount);

    public int GroupCount { get; private set; }

    /// <summary>How the update writes the values of Embed and Format.</summary>
    public YContentFormat Format { get; private set; }

    public int StructCount { get; private set; }

    public int DeleteSetStart { get; private set; }

    /// <summary>Deleted ranges, empty ones included.</summary>
    public int DeletedRangeCount { get; private set; }

    /// <summary>Where the update ends; what follows is ignored, as Yjs does.</summary>
    public int End { get; private set; }

    /// <summary>Lets go of what an update of many clients made grow.</summary>
    public void Trim()
    {
        if (_groups.Length > KeptGroups)
        {
            _groups = [];
            GroupCount = 0;
        }
    }

    /// <summary>Whether a client has more than one group, which Yjs never writes.</summary>
    public bool HasRepeatedClients()
    {
        if (GroupCount < 2 || IsDescending())
        {
            return false;
        }

        var clients = new HashSet<ulong>();
        foreach (ref readonly var group in Groups)
        {
            if (!clients.Add(group.Client))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts the groups in the order in which Yjs writes them: higher clients first. Groups of one client are put in order of clock.</summary>
    public void SortGroups()
    {
        if (!IsDescending())
        {
            Groups.Sort(static (a, b) => a.Client != b.Client ? b.Client.CompareTo(a.Client)
                : a.Clock != b.Clock ? a.Clock.CompareTo(b.Clock) : a.Start.CompareTo(b.Start));
        }
    }

    /// <summary>Validates the whole update and notes its parts.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed. The outline is not to be used then.</exception>
    public void Scan(ReadOnlySpan<byte> update, YContentFormat format = YContentFormat.Json, bool checkReferences = false) =>
        Scan(update, format, validate: true, checkReferences);

    /// <summary>Notes the parts of an update that this library has just written.</summary>
    public void ScanTrusted(ReadOnlySpan<byte> update, YContentFormat format) => Scan(update, format, validate: false, checkReferences: false);

    private void Scan(ReadOnlySpan<byte> update, YContentFormat format, bool validate, bool checkReferences)
    {
        Format = format;
        GroupCount = 0;
        StructCount = 0;
        DeletedRangeCount = 0;
        var reader = new YStructReader(update, validate, format, checkReferences);
        if (_groups.Length < reader.GroupsLeft)
        {
            _groups = new YClientGroup[reader.GroupsLeft];
        }

        while (reader.NextGroup())
        {
            ref var group = ref _groups[GroupCount++];
            group.Client = reader.Current.Client;
            group.Start = reader.Position;
            group.StructCount = reader.StructsLeft;
            group.Clock = reader.NextClock;
            StructCount += reader.StructsLeft;
            while (reader.NextStruct())
            {
            }

            group.EndClock = reader.NextClock;
        }

        DeleteSetStart = reader.Position;
        var deletes = new YDeleteSetReader(update, DeleteSetStart);
        while (deletes.NextClient())
        {
            DeletedRangeCount += deletes.RangesLeft;
            while (deletes.NextRange())
            {
            }
        }

        End = deletes.Position;
    }

    private bool IsDescending()
    {
        for (var i = 1; i < GroupCount; i++)
        {
            if (_groups[i - 1].Client <= _groups[i].Client)
            {
                return false;
            }
        }

        return true;
    }
}
