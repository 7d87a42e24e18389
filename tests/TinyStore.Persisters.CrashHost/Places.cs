using TinyStore.Persisters.Sqlite;

namespace TinyStore.Persisters.CrashHost;

/// <summary>The kinds of places.</summary>
public enum PlaceKind
{
    File,
    Json,
    Tabular,
}

/// <summary>The same places for the process that is killed and for the tests that look afterwards.</summary>
public static class Places
{
    public static PlaceKind Parse(string text) => Enum.Parse<PlaceKind>(text);

    public static string PathOf(string folder, PlaceKind kind) => Path.Combine(folder, kind == PlaceKind.File ? "store.json" : $"{kind}.db");

    public static StoragePersister Persist(string folder, PlaceKind kind, Store store, Action<Action>? post = null)
    {
        var path = PathOf(folder, kind);
        return kind == PlaceKind.File
            ? new FilePersister(store, path, new FilePersisterOptions { Post = post, PollInterval = TimeSpan.FromMilliseconds(100) })
            : new SqlitePersister(store, $"Data Source={path}", new SqlitePersisterOptions
            {
                Post = post,
                PollInterval = TimeSpan.FromMilliseconds(100),
                Layout = kind == PlaceKind.Json ? new SqliteJsonLayout() : SqliteTabularLayout.Of("t"),
            });
    }
}
