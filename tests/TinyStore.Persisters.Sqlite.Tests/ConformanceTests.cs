using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Sqlite.Tests;

public sealed class SqliteJsonConformance : SharedPlaceConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new SqlitePlace(isTabular: false));
}

public sealed class SqliteTabularConformance : SharedPlaceConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new SqlitePlace(isTabular: true));
}
