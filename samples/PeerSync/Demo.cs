using System.Globalization;
using nietras.SeparatedValues;
using TinyStore;
using TinyStore.Node;
using TinyStore.Yjs;

namespace PeerSync;

/// <summary>The main job from start to end: import, concurrent edits, offline work, a restarted relay, and the proof that everybody agrees.</summary>
internal sealed class Demo : IAsyncDisposable
{
    private const string Room = "laboratory";
    private static readonly string[] NumberColumns = ["number", "mass", "period", "group", "discovered"];

    private readonly Screen _screen = new();
    private readonly TimeSpan _timeout;
    private readonly RelayHost _relay;
    private readonly DotnetPeer _ada;
    private readonly DotnetPeer _grace;
    private readonly WebPeer? _web;
    private readonly List<IPeer> _peers;

    private Demo(RelayHost relay, WebPeer? web, TimeSpan timeout)
    {
        _relay = relay;
        _timeout = timeout;
        _ada = new DotnetPeer("ada", relay.Url, Room);
        _grace = new DotnetPeer("grace", relay.Url, Room);
        _web = web;
        _peers = web is null ? [_ada, _grace] : [_ada, _grace, web];
    }

    public static async Task<int> RunAsync(TimeSpan timeout, bool withoutNode, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("peersync-").FullName;
        try
        {
            await using var relay = await RelayHost.StartAsync(folder).ConfigureAwait(false);
            Console.WriteLine($"relay on {relay.Url}, log in a temporary folder");
            var web = await WebPeerAsync(relay.Url, withoutNode, cancellationToken).ConfigureAwait(false);
            await using var demo = new Demo(relay, web, timeout);
            return await demo.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<WebPeer?> WebPeerAsync(Uri relay, bool withoutNode, CancellationToken cancellationToken)
    {
        if (withoutNode)
        {
            Console.WriteLine("going on without the JavaScript peer, as asked");
            return null;
        }

        try
        {
            Console.WriteLine("getting the JavaScript peer ready (the first time this runs npm ci)");
            return await WebPeer.CreateAsync("web", relay, Room, cancellationToken).ConfigureAwait(false);
        }
        catch (NodeUnavailableException e)
        {
            Console.WriteLine($"going on without the JavaScript peer: {e.Message}");
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StepsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            _screen.Say(e.Message);
        }

        return await JudgeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task StepsAsync(CancellationToken cancellationToken)
    {
        await StepAsync("ada and grace, two .NET peers, join the room", async () =>
        {
            await _ada.StartAsync(cancellationToken).ConfigureAwait(false);
            await _grace.StartAsync(cancellationToken).ConfigureAwait(false);
        }, [_ada, _grace], cancellationToken).ConfigureAwait(false);

        await StepAsync("ada imports the chemical elements from a CSV file", () => _ada.EditAsync(Import, cancellationToken), [_ada, _grace], cancellationToken).ConfigureAwait(false);

        if (_web is not null)
        {
            await StepAsync("a JavaScript peer joins, with the real TinyBase and yjs", () => _web.StartAsync(cancellationToken), _peers, cancellationToken).ConfigureAwait(false);
        }

        await StepAsync("all of them edit at the same time, the same cells too", () => Task.WhenAll(
            _ada.EditAsync(store => Rate(store, "ada", 1, 60), cancellationToken),
            _grace.EditAsync(store => Rate(store, "grace", 40, 118), cancellationToken),
            _web?.EditAsync(Enumerable.Range(1, 20).Select(n => new CellEdit("elements", Symbol(n * 5), "checked", true)), cancellationToken) ?? Task.CompletedTask),
            _peers, cancellationToken).ConfigureAwait(false);

        await StepAsync("grace goes offline; she and the others go on editing", async () =>
        {
            await _grace.DisconnectAsync(cancellationToken).ConfigureAwait(false);
            await _grace.EditAsync(store =>
            {
                store.SetCell("elements", "Au", "note", "noted by grace on the train");
                store.DeleteCell("elements", "Og", "state");
                store.SetValue("laboratory", "Grace's");
            }, cancellationToken).ConfigureAwait(false);
            await _ada.EditAsync(store =>
            {
                store.SetCell("elements", "Au", "note", "noted by ada in the office");
                store.SetValue("laboratory", "Ada's");
            }, cancellationToken).ConfigureAwait(false);
        }, [.. _peers.Where(p => p != _grace)], cancellationToken).ConfigureAwait(false);

        await StepAsync("while apart, ada and grace both create the table 'samples', with rows of their own and one in common", async () =>
        {
            await _ada.EditAsync(store => Collect(store, "ada", "box-1", ["Fe", "Cu", "Ag"]), cancellationToken).ConfigureAwait(false);
            await _grace.EditAsync(store => Collect(store, "grace", "box-2", ["Au", "Hg", "Pb"]), cancellationToken).ConfigureAwait(false);
        }, [.. _peers.Where(p => p != _grace)], cancellationToken).ConfigureAwait(false);

        await StepAsync("grace returns", () => _grace.ConnectAsync(cancellationToken), _peers, cancellationToken).ConfigureAwait(false);

        await StepAsync("the relay stops, everybody goes on, and it starts again on its log", async () =>
        {
            await _relay.StopAsync().ConfigureAwait(false);
            _screen.Say("the relay is down");
            await _ada.EditAsync(store => store.SetCell("elements", "H", "note", "written while the relay was down"), cancellationToken).ConfigureAwait(false);
            await _grace.EditAsync(store => store.SetCell("elements", "He", "note", "this one too"), cancellationToken).ConfigureAwait(false);
            if (_web is not null)
            {
                await _web.EditAsync([new CellEdit("elements", "Li", "note", "and this one, in JavaScript")], cancellationToken).ConfigureAwait(false);
            }

            await _relay.StartAgainAsync().ConfigureAwait(false);
            _screen.Say($"the relay is up again on {_relay.Url}");
        }, _peers, cancellationToken).ConfigureAwait(false);
    }

    private static void Import(Store store)
    {
        using var reader = Sep.Reader(o => o with { HasHeader = true }).FromFile(Path.Combine(AppContext.BaseDirectory, "elements.csv"));
        foreach (var line in reader)
        {
            var row = new Row();
            foreach (var column in reader.Header.ColNames)
            {
                var text = line[column].ToString();
                if (text.Length > 0)
                {
                    row[column] = NumberColumns.Contains(column) ? double.Parse(text, CultureInfo.InvariantCulture) : text;
                }
            }

            store.SetRow("elements", line["symbol"].ToString(), row);
        }
    }

    private static void Rate(Store store, string who, int from, int to)
    {
        foreach (var symbol in store.GetRowIds("elements"))
        {
            if (store.GetCell("elements", symbol, "number") is { } number && number.AsDouble() is var n && n >= from && n <= to)
            {
                store.SetCell("elements", symbol, "rated", $"{who} {n % 5 + 1}");
            }
        }
    }

    private static void Collect(Store store, string who, string box, IEnumerable<string> symbols)
    {
        store.SetRow("samples", box, new Row { ["owner"] = who, ["shelf"] = 3 });
        foreach (var symbol in symbols)
        {
            store.SetRow("samples", $"{box}-{symbol}", new Row { ["element"] = symbol, ["grams"] = 12.5 });
        }

        // The row both of them make: each writes a cell that the other does not.
        store.SetPartialRow("samples", "shared", new Row { [$"seen by {who}"] = true });
    }

    /// <summary>The symbol of an element that stands in the file from the start.</summary>
    private static string Symbol(int number)
    {
        using var reader = Sep.Reader(o => o with { HasHeader = true }).FromFile(Path.Combine(AppContext.BaseDirectory, "elements.csv"));
        foreach (var line in reader)
        {
            if (line["number"].Parse<int>() == number)
            {
                return line["symbol"].ToString();
            }
        }

        throw new ArgumentOutOfRangeException(nameof(number), number, "The file holds the elements 1 to 118.");
    }

    private async Task StepAsync(string title, Func<Task> work, IReadOnlyList<IPeer> online, CancellationToken cancellationToken) =>
        await _screen.StepAsync(title, _peers, async () =>
        {
            await work().ConfigureAwait(false);
            await SettleAsync(title, online, cancellationToken).ConfigureAwait(false);
        }, LinesAsync).ConfigureAwait(false);

    /// <summary>Waits until the relay has acknowledged everything of those peers and their documents hold the same updates.</summary>
    private async Task SettleAsync(string title, IReadOnlyList<IPeer> online, CancellationToken cancellationToken)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var vectors = new List<byte[]>();
            foreach (var peer in online)
            {
                vectors.Add((await peer.TakeAsync(cancellationToken).ConfigureAwait(false)).StateVector);
            }

            if (online.All(p => p.Unacknowledged == 0) && vectors.TrueForAll(v => v.AsSpan().SequenceEqual(vectors[0])))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(until) > _timeout)
            {
                throw new TimeoutException($"not at rest after {_timeout.TotalSeconds:0} s: {title}");
            }

            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<PeerLine>> LinesAsync()
    {
        var lines = new List<PeerLine>();
        foreach (var peer in _peers)
        {
            var cells = (await peer.TakeAsync(CancellationToken.None).ConfigureAwait(false)).Store;
            var rows = cells.Keys.Select(k => k.Split('/', 3)).Where(p => p.Length == 3).Select(p => (p[0], p[1])).Distinct().Count();
            lines.Add(new PeerLine(peer.Name, peer.State, rows, cells.Count, peer.Unacknowledged));
        }

        return lines;
    }

    /// <summary>Holds every store, every document and the relay's log against each other.</summary>
    private async Task<int> JudgeAsync(CancellationToken cancellationToken)
    {
        var holders = new List<Holder>();
        foreach (var peer in _peers)
        {
            var taken = await peer.TakeAsync(cancellationToken).ConfigureAwait(false);
            holders.Add(new Holder($"{peer.Name}'s store", taken.Store));
            holders.Add(new Holder($"{peer.Name}'s document", taken.Document));
        }

        await _relay.StopAsync().ConfigureAwait(false);
        var log = await RelayLog.ReadAsync(_relay.Folder, Room, cancellationToken).ConfigureAwait(false);
        using var logged = new YDoc();
        foreach (var update in log)
        {
            logged.ApplyUpdate(update);
        }

        holders.Add(new Holder("the relay's log", ContentReader.Of(logged)));

        var differences = Verdict.Compare(holders);
        var errors = _ada.Errors.Concat(_grace.Errors).ToList();
        foreach (var error in errors)
        {
            Console.WriteLine($"error: {error.Message}");
        }

        if (differences.Count > 0 || errors.Count > 0 || logged.HasPending || holders[0].Cells.Count == 0)
        {
            Screen.Differences(differences);
            Console.WriteLine($"diverged: {differences.Count} cells differ between {holders.Count} holders");
            return 1;
        }

        Console.WriteLine($"converged: {_peers.Count} stores, {_peers.Count} documents and the relay's log of {log.Count} updates agree on {Verdict.Count(holders[0].Cells)}");
        return 0;
    }
}
