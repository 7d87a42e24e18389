using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TinyStore.Yjs;

/// <summary>What a document held when <see cref="YDoc.Inspect"/> looked. <see cref="ToString"/> is all of it as a table.</summary>
[DebuggerDisplay("{Structs} structs, {Tombstones} tombstones, {MemoryBytes} B")]
public sealed class YDocInspection
{
    internal YDocInspection(YDoc doc, IReadOnlyList<YClientInspection> clients, IReadOnlyList<YMemoryInspection> memory)
    {
        Guid = doc.Guid;
        ClientId = doc.ClientId;
        Clients = clients;
        Memory = memory;
    }

    /// <summary>The document's guid.</summary>
    public string Guid { get; }

    /// <summary>The id under which the document writes.</summary>
    public ulong ClientId { get; }

    /// <summary>Each client of which there are structs, the highest id first.</summary>
    public IReadOnlyList<YClientInspection> Clients { get; }

    /// <summary>How many structs there are: runs of what one client wrote, live and deleted.</summary>
    public long Structs => Clients.Sum(client => client.Structs);

    /// <summary>How many of the structs are deleted and keep their place.</summary>
    public long Tombstones => Clients.Sum(client => client.Tombstones);

    /// <summary>How many of the structs were collected together with a deleted container around them: only their clocks are left.</summary>
    public long Collected => Clients.Sum(client => client.Collected);

    /// <summary>How many shared types there are, roots included.</summary>
    public required int Types { get; init; }

    /// <summary>How many different keys and names there are.</summary>
    public required int Keys { get; init; }

    /// <summary>The bytes of structs that wait for missing updates, 0 where none do.</summary>
    public required int PendingStructBytes { get; init; }

    /// <summary>The bytes of deletes that wait for missing updates, 0 where none do.</summary>
    public required int PendingDeleteBytes { get; init; }

    /// <summary>For each client that structs wait for: the clock that is missing.</summary>
    public required IReadOnlyDictionary<ulong, uint> Missing { get; init; }

    /// <summary>What each part of the document holds in bytes, used or reserved.</summary>
    public IReadOnlyList<YMemoryInspection> Memory { get; }

    /// <summary>All of <see cref="Memory"/>, in bytes. Handles, events and observers are not in it.</summary>
    public long MemoryBytes => Memory.Sum(part => part.Bytes);

    /// <summary>The inspection as text: a line for each client and each part of the memory, sizes with their units.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        output.Append(CultureInfo.InvariantCulture, $"Document {Guid}, writing as client {ClientId}: {Types:N0} types, {Keys:N0} keys\n\n");
        Row(output, "client", "clock", "structs", "live", "tombstones", "collected");
        foreach (var client in Clients)
        {
            Row(output, client.Client.ToString(CultureInfo.InvariantCulture), Number(client.Clock), Number(client.Structs), Number(client.Structs - client.Tombstones - client.Collected), Number(client.Tombstones), Number(client.Collected));
        }

        Row(output, "all", "", Number(Structs), Number(Structs - Tombstones - Collected), Number(Tombstones), Number(Collected));
        output.Append('\n');
        output.Append(PendingStructBytes + PendingDeleteBytes == 0
            ? "Nothing waits for missing updates.\n"
            : string.Create(CultureInfo.InvariantCulture, $"Waiting for missing updates: {Size(PendingStructBytes)} of structs, {Size(PendingDeleteBytes)} of deletes.\n"));
        foreach (var (client, clock) in Missing)
        {
            output.Append(CultureInfo.InvariantCulture, $"  missing from client {client}: clock {clock:N0}\n");
        }

        output.Append('\n');
        foreach (var part in Memory)
        {
            output.Append(CultureInfo.InvariantCulture, $"{part.Part,-10} {Size(part.Bytes),12}\n");
        }

        return output.Append(CultureInfo.InvariantCulture, $"{"memory",-10} {Size(MemoryBytes),12}\n").ToString();
    }

    private static void Row(StringBuilder output, string client, params ReadOnlySpan<string> cells)
    {
        output.Append(CultureInfo.InvariantCulture, $"{client,-16}");
        foreach (var cell in cells)
        {
            output.Append(CultureInfo.InvariantCulture, $" {cell,13}");
        }

        output.Append('\n');
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:N1} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB"),
    };
}

/// <summary>What a document holds of one client.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="Clock">Its next clock: how many elements it has written.</param>
/// <param name="Structs">How many structs they are.</param>
/// <param name="Tombstones">How many of the structs are deleted and keep their place.</param>
/// <param name="Collected">How many of the structs were collected with a container around them.</param>
public readonly record struct YClientInspection(ulong Client, uint Clock, int Structs, int Tombstones, int Collected);

/// <summary>What a part of a document holds in memory.</summary>
/// <param name="Part">structs, origins, types, keys, contents, clients or indexes, as docs/yjs-engine.md draws them.</param>
/// <param name="Bytes">Bytes, used or reserved.</param>
public readonly record struct YMemoryInspection(string Part, long Bytes);
